// Pages with plain file names and relative links: the website and the proxy serve the same
// folder under different paths, and neither rewrites anything.
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  build: {
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['mashup.html', 'popup.html', 'charts.html', 'capability.html', 'bench.html'],
      output: {
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        assetFileNames: '[name][extname]',
      },
    },
  },
});
