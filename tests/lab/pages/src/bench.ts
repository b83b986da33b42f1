// What the benchmark opens: a page with Qlik's own charts at hand, 4.5 MB of scripts as mashups
// have them, of which it draws one, and an image of the app's library. It tells the website when
// both were painted, by the clock that every page of this machine shares.

import { embed } from '@nebula.js/stardust';
import barChart from '@nebula.js/sn-bar-chart';
import lineChart from '@nebula.js/sn-line-chart';
import table from '@nebula.js/sn-table';
import { loadConfig, type Config } from './config';
import { openApp } from './engine';
import { dress, element, reason, setState, showNotice } from './page';

const TYPES = { 'sn-bar-chart': barChart, 'sn-line-chart': lineChart, 'sn-table': table };

try {
  const config = await loadConfig();
  dress(config);
  const [title] = await Promise.all([draw(config), load(config.images[0] ?? '')]);
  await frame();
  await frame();
  // The frame before has been painted.
  const at = performance.timeOrigin + performance.now();
  setState('ready');
  tell({ at: String(at), title, pixels: String(pixels()) });
} catch (error) {
  setState('failed', reason(error));
  showNotice(`This page did not open. ${reason(error)}`);
  tell({ failed: reason(error) });
}

async function draw(config: Config): Promise<string> {
  const doc = await openApp(config, (why) => showNotice(why));
  const { qTitle } = await doc.getAppLayout();
  document.title = qTitle;
  element('title').textContent = qTitle;
  // The page's types of the engine are its own, and shorter than nebula's.
  const nebula = embed(doc as unknown as Parameters<typeof embed>[0], {
    load: async ({ name }) => TYPES[name as keyof typeof TYPES],
  });
  await new Promise<void>((drawn, failed) => {
    const options = { onInitialRender: () => drawn() };
    const fields = ['Region', '=Sum(Sales)'];
    nebula.render({ element: element('bar'), type: 'sn-bar-chart', fields, options }).catch(failed);
  });
  showNotice('');
  return qTitle;
}

/** Only this app's identity may read it. */
function load(url: string): Promise<void> {
  const image = element<HTMLImageElement>('image');
  image.src = url;
  return image.decode();
}

function frame(): Promise<number> {
  return new Promise(requestAnimationFrame);
}

/** How many pixels of the bar chart are painted in a colour rather than in grey. */
function pixels(): number {
  let painted = 0;
  for (const canvas of element('bar').querySelectorAll('canvas')) {
    if (canvas.width === 0 || canvas.height === 0) continue;
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    for (let at = 0; at < data.length; at += 4) {
      // Without a copy for each pixel: other pages may still be opening.
      const [red = 0, green = 0, blue = 0, opacity = 0] = [data[at], data[at + 1], data[at + 2], data[at + 3]];
      if (opacity > 200 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) painted += 1;
    }
  }
  return painted;
}

/** Nothing answers there: it is enough that the website is asked. */
function tell(what: Record<string, string>): void {
  void fetch(`./painted?${new URLSearchParams(what)}`, { cache: 'no-store' });
}
