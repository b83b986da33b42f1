// Images of the app's content library, each requested only when asked for: by then another window
// may have changed who this browser is, which is what the lab is there to show.

import type { Config } from './config';
import { element } from './page';

export function wireImages(config: Config): void {
  const image = element<HTMLImageElement>('image');
  const more = element<HTMLButtonElement>('load-image');
  const waiting = [...config.images];

  image.addEventListener('load', () => settle('loaded'));
  image.addEventListener('error', () => settle('failed'));
  more.addEventListener('click', () => {
    const next = waiting.shift();
    if (!next) return;
    image.hidden = false;
    image.dataset.state = 'loading';
    image.src = next;
    more.disabled = waiting.length === 0;
  });

  function settle(state: 'loaded' | 'failed'): void {
    image.dataset.state = state;
  }
}
