// Gets a ticket the way websites with Node do: with the package qlik-auth, over mutual TLS.

import qlikAuth from 'qlik-auth';

/**
 * qlik-auth answers an HTTP request of its website: the proxy has sent a browser there with a
 * `targetId`, and the answer sends it back with a ticket. So this asks the proxy for a page
 * without a session, hands the redirect's URL to qlik-auth as the request, and takes the ticket
 * out of the redirect that qlik-auth would have sent.
 */
export async function ticketFor(lab, userDirectory, userId) {
  const { proxy, qps, virtual_proxy: prefix } = lab.qlik;
  const page = new URL(`${prefix}/hub/`, proxy);
  const toSignIn = await fetch(page, { redirect: 'manual' });
  const request = { url: toSignIn.headers.get('location') };
  const location = await new Promise((resolve, reject) => {
    const response = {
      writeHead: (_status, headers) => resolve(headers.Location),
      end: (refusal) => reject(new Error(String(refusal))),
    };
    const profile = { UserDirectory: userDirectory, UserId: userId, Attributes: [{ made: 'by qlik-auth' }] };
    qlikAuth.requestTicket(request, response, profile, {
      ProxyRestUri: new URL(`qps/${prefix}/`, qps).href,
      Certificate: lab.certificates.client,
      CertificateKey: lab.certificates.client_key,
    });
  });
  const target = new URL(location, proxy);
  return { ticket: target.searchParams.get('QlikTicket'), target };
}
