// Starts the lab as anybody outside would, by its binary and what it prints.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Resolves with the lab's description; `stop` ends it. */
export async function startLab(...args) {
  const binary = process.env.MASHDESK_LAB;
  if (!binary) throw new Error('set MASHDESK_LAB to the path of the mashdesk-lab binary');
  const child = spawn(binary, ['--json', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const description = await firstObject(child);
  const stop = async () => {
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  };
  return { ...description, stop };
}

/** The first JSON object on standard output, on one line or on several. */
async function firstObject(child) {
  let printed = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    try {
      return JSON.parse(printed);
    } catch {
      // Not whole yet.
    }
  }
  throw new Error(`the lab stopped before it told where it is: ${printed}`);
}
