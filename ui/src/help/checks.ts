// What the checks, and those who can mend what they find, are called.

import type { MenderView } from "../bindings";
import type { MessageKey } from "../messages/messages.svelte";

export const CHECKS: Record<string, MessageKey> = {
  proxy: "help.check_proxy",
  name: "help.check_name",
  connection: "help.check_connection",
  certificate: "help.check_certificate",
  clock: "help.check_clock",
  discovery: "help.check_discovery",
  contract: "help.check_contract",
  sign_in: "help.check_sign_in",
  catalog: "help.check_catalog",
  ticket: "help.check_ticket",
  qlik: "help.check_qlik",
  redemption: "help.check_redemption",
  session_cookie: "help.check_session_cookie",
  image: "help.check_image",
  engine: "help.check_engine",
  giving_back: "help.check_giving_back",
  keyring: "help.check_keyring",
  webview: "help.check_webview",
  fonts: "help.check_fonts",
  gpu: "help.check_gpu",
  disk: "help.check_disk",
};

export const MENDERS: Record<MenderView, MessageKey> = {
  you: "help.you",
  it: "help.it",
  website: "help.website",
  qlik: "help.qlik",
};
