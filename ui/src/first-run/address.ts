// A website's address as people type it.

/** Adds the scheme that browsers let people leave out. Whether it is an address is for core to say. */
export function completed(typed: string): string {
  const address = typed.trim();
  return address === "" || /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`;
}

/** The part of an address that a person recognises. */
export function host(address: string): string {
  try {
    return new URL(address).host || address;
  } catch {
    return address;
  }
}
