// Opens the engine's websocket with enigma.js, with the CSRF token where the server wants one.

import enigma from 'enigma.js';
import SenseUtilities from 'enigma.js/sense-utilities';
import schema from 'enigma.js/schemas/12.2027.0.json';
import { proxyUrl, type Config } from './config';

/** The part of the engine's API that this page calls. */
export interface Doc extends EnigmaJS.QixObject {
  getAppLayout(): Promise<{ qTitle: string }>;
  createSessionObject(properties: object): Promise<GenericObject>;
  getObject(id: string): Promise<GenericObject>;
  clearAll(): Promise<void>;
}

export interface GenericObject extends EnigmaJS.QixObject {
  getLayout(): Promise<Layout>;
  selectListObjectValues(path: string, elements: number[], toggle: boolean): Promise<boolean>;
  clearSelections(path: string): Promise<void>;
  exportData(type: string, path: string, name: string, state: string, once?: boolean): Promise<{ qUrl: string }>;
}

export interface Layout {
  qHyperCube?: { qDataPages: DataPage[]; qGrandTotalRow: Cell[] };
  qListObject?: { qDataPages: DataPage[] };
}

export interface DataPage {
  qMatrix: Cell[][];
}

export interface Cell {
  qText?: string;
  qNum?: number | 'NaN';
  qElemNumber?: number;
  qState?: string;
}

interface Global extends EnigmaJS.QixObject {
  openDoc(app: string): Promise<Doc>;
  getActiveDoc(): Promise<Doc>;
}

/** Seconds for which the engine keeps what is selected when the connection is lost. */
const TTL = 60;

/** The engine's code for an app that its session has open already. */
const ALREADY_OPEN = 1002;

/** Fatal notices, after each of which the proxy closes the socket. */
const LOST: Record<string, string> = {
  OnSessionTimedOut: 'The session timed out.',
  OnSessionLoggedOut: 'The session was logged out.',
  OnSessionClosed: 'The session was closed.',
  OnLicenseAccessDenied: 'There is no licence for this user.',
  OnEngineWebsocketFailed: 'The engine does not answer.',
  OnNoEngineAvailable: 'There is no engine for this app.',
  OnMaxParallelSessionsExceeded: 'This user has as many sessions as Qlik Sense allows.',
};

/**
 * Opens the app, or fails in words for people. `onLost` is called once, with a reason, when an
 * opened app is gone for good.
 */
export async function openApp(config: Config, onLost: (why: string) => void): Promise<Doc> {
  const token = config.csrf ? await csrfToken(config) : undefined;
  const session = enigma.create({ schema, url: socketUrl(config, token) });

  let over = false;
  let end: (why: string) => void = () => {};
  const refused = new Promise<never>((_, reject) => {
    end = (why) => reject(new Error(why));
  });
  const lose = (why: string): void => {
    // A fatal notice says more than the close that follows it.
    if (!over) end(why);
    over = true;
  };
  for (const [notice, words] of Object.entries(LOST)) {
    session.on(`notification:${notice}`, () => lose(words));
  }
  session.on('closed', () => lose('The connection to Qlik Sense was closed.'));
  // Without a session the proxy greets and then answers nothing, so the greeting decides.
  session.on('notification:OnAuthenticationInformation', (info: { mustAuthenticate: boolean }) => {
    if (info.mustAuthenticate) lose('This window has no session.');
  });

  const opened = session.open<Global>().then((global) => docOf(global, config.app));
  const doc = await Promise.race([opened, refused]);
  end = onLost;
  return doc;
}

/** The app: opened now, or still open in a session that is picked up again after a reload. */
async function docOf(global: Global, app: string): Promise<Doc> {
  try {
    return await global.openDoc(app);
  } catch (error) {
    if ((error as { code?: number }).code !== ALREADY_OPEN) throw error;
    return await global.getActiveDoc();
  }
}

/**
 * The name of this window's engine session, the same after a reload. Without one, everybody who
 * opens the app as the same Qlik user within the TTL would find the selections of somebody else.
 */
function identity(): string {
  const kept = sessionStorage.getItem('identity');
  if (kept) return kept;
  const made = Math.random().toString(36).slice(2);
  sessionStorage.setItem('identity', made);
  return made;
}

async function csrfToken(config: Config): Promise<string> {
  const answer = await fetch(proxyUrl(config, '/qps/csrftoken'), { credentials: 'include' });
  const token = answer.headers.get('qlik-csrf-token');
  if (!token) throw new Error(`Qlik Sense gave no CSRF token (${answer.status}).`);
  return token;
}

function socketUrl(config: Config, token: string | undefined): string {
  const qlik = new URL(config.qlik);
  const secure = qlik.protocol === 'https:';
  return SenseUtilities.buildUrl({
    host: qlik.hostname,
    port: Number(qlik.port || (secure ? 443 : 80)),
    secure,
    prefix: config.prefix,
    appId: config.app,
    identity: identity(),
    ttl: TTL,
    urlParams: token ? { 'qlik-csrf-token': token } : {},
  });
}
