// A window that the mashup opens: it shows who the proxy takes it for, and so whose store it has.

import { loadConfig, proxyUrl } from './config';
import { element, reason, setState } from './page';

interface QlikUser {
  userDirectory?: string;
  userId?: string;
  session?: string;
}

element('print').addEventListener('click', () => window.print());
element('close').addEventListener('click', () => window.close());

try {
  const config = await loadConfig();
  document.documentElement.style.setProperty('--accent', config.accent);
  const answer = await fetch(proxyUrl(config, '/qps/user'), { credentials: 'include' });
  const user = await answer.json() as QlikUser;
  if (!user.userId) throw new Error('This window has no session.');
  document.documentElement.dataset.user = user.userId;
  element('user').textContent = `${user.userDirectory}\\${user.userId}`;
  setState('ready');
} catch (error) {
  setState('failed', reason(error));
  element('user').textContent = reason(error);
}
