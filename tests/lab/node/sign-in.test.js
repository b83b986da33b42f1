// openid-client, a certified client that nobody here wrote, signs in by the website's provider.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import * as oidc from 'openid-client';

import { startLab } from './lab.js';

const BACK = 'http://127.0.0.1:49152/signed-in';

describe('openid-client', () => {
  let lab;
  let way;
  let client;

  before(async () => {
    lab = await startLab();
    const discovery = await (await fetch(new URL('/.well-known/mashdesk.json', lab.website.url))).json();
    way = discovery.sign_in.find(({ kind }) => kind === 'oidc');
    client = await discover(new URL(way.issuer));
  });

  after(() => lab?.stop());

  it('signs in, asks who it is, renews, revokes', async () => {
    const verifier = oidc.randomPKCECodeVerifier();
    const expected = { state: oidc.randomState(), nonce: oidc.randomNonce() };
    const authorize = oidc.buildAuthorizationUrl(client, {
      redirect_uri: BACK,
      scope: way.scopes.join(' '),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...expected,
    });
    const back = await allow(authorize);

    const tokens = await oidc.authorizationCodeGrant(client, back, {
      pkceCodeVerifier: verifier,
      expectedState: expected.state,
      expectedNonce: expected.nonce,
      idTokenExpected: true,
    });
    const { sub, name } = tokens.claims();
    assert.deepEqual({ sub, name }, { sub: 'ana', name: 'Ana Ruiz' });
    assert.equal((await oidc.fetchUserInfo(client, tokens.access_token, sub)).preferred_username, 'ana');
    assert.equal(await me(tokens), 200);

    const renewed = await oidc.refreshTokenGrant(client, tokens.refresh_token);
    assert.notEqual(renewed.refresh_token, tokens.refresh_token);
    assert.equal(await me(renewed), 200);

    await oidc.tokenRevocation(client, renewed.refresh_token);
    assert.equal(await me(renewed), 401);
    await assert.rejects(oidc.refreshTokenGrant(client, renewed.refresh_token), { error: 'invalid_grant' });
  });

  it('is refused without PKCE, and told so', async () => {
    const state = oidc.randomState();
    const authorize = oidc.buildAuthorizationUrl(client, { redirect_uri: BACK, scope: 'openid', state });
    const answer = await fetch(authorize, { redirect: 'manual' });
    const back = new URL(answer.headers.get('location'));
    const grant = oidc.authorizationCodeGrant(client, back, { expectedState: state });
    await assert.rejects(grant, { error: 'invalid_request' });
  });

  /** Plain HTTP is for loopback, and the ID token's signature is looked at although TLS would do. */
  function discover(issuer) {
    const execute = [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks];
    const metadata = { id_token_signed_response_alg: 'ES256' };
    return oidc.discovery(issuer, way.client_id, metadata, oidc.None(), { execute });
  }

  /** The browser: signs in, allows it, and is sent back to the app. */
  async function allow(authorize) {
    const [{ name, password }] = lab.people;
    const detour = await browse(authorize);
    const then = new URL(location(detour), authorize).searchParams.get('then');
    const signedIn = await browse(new URL('/sign-in', authorize), { name, password, then });
    const cookie = signedIn.headers.getSetCookie()[0].split(';', 1)[0];
    const page = await (await browse(new URL(location(signedIn), authorize), undefined, cookie)).text();
    const question = page.match(/name="question" value="([^"]+)"/)[1];
    const answer = { question, decision: 'allow' };
    return new URL(location(await browse(new URL('/oidc/consent', authorize), answer, cookie)));
  }

  async function me({ access_token: token }) {
    const url = new URL('/api/v1/me', lab.website.url);
    return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
  }
});

function browse(url, form, cookie = '') {
  const body = form && new URLSearchParams(form);
  return fetch(url, { method: form ? 'POST' : 'GET', body, headers: { cookie }, redirect: 'manual' });
}

function location(answer) {
  const to = answer.headers.get('location');
  assert.ok(to, `${answer.url} answers ${answer.status} and leads nowhere`);
  return to;
}
