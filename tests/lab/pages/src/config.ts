// What a page is told about itself by whoever serves it, in the config.json beside it.

export interface Config {
  app: string;
  title: string;
  accent: string;
  /** The proxy's origin, such as `https://qlik.example`. */
  qlik: string;
  /** The virtual proxy's prefix; empty for none. */
  prefix: string;
  /** Whether the engine's websocket wants a CSRF token. */
  csrf: boolean;
  images: string[];
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch('./config.json');
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  return await answer.json() as Config;
}

/** A URL below the virtual proxy; the engine's own URLs lack its prefix. */
export function proxyUrl(config: Config, path: string): string {
  const prefix = config.prefix && `/${config.prefix}`;
  return new URL(`${prefix}${path}`, config.qlik).href;
}
