// Files that the page makes itself, out of what it has: no server knows them.

import { element } from './page';

export function wireOwnFiles(): void {
  element('save-image').addEventListener('click', () => {
    const canvases = [...document.querySelectorAll<HTMLCanvasElement>('#bar canvas')];
    const drawn = canvases.find((canvas) => canvas.width > 0 && canvas.height > 0);
    drawn?.toBlob((image) => {
      if (!image) return;
      const url = URL.createObjectURL(image);
      save(url, 'Sales by region.png');
    });
  });
  element('save-text').addEventListener('click', () => {
    save(`data:text/plain,${encodeURIComponent('Sales by region, as text\n')}`, 'Sales by region.txt');
  });
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}
