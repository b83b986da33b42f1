// A website's address as people type it; what it means is for core to say.

/** The part of an address that a person recognises. */
export function host(address: string): string {
  try {
    return new URL(address).host || address;
  } catch {
    return address;
  }
}
