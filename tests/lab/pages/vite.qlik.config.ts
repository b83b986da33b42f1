// What the Qlik Sense server itself serves to mashups: `js/qlik` as an AMD module, and requirejs.
import { readFileSync } from 'node:fs';
import { defineConfig } from 'vite';

export default defineConfig({
  publicDir: false,
  build: {
    emptyOutDir: false,
    lib: { entry: 'src/qlik.ts', formats: ['umd'], name: 'qlik', fileName: () => 'qlik.js' },
  },
  plugins: [
    {
      name: 'requirejs',
      generateBundle() {
        const source = readFileSync(new URL('node_modules/requirejs/require.js', import.meta.url));
        this.emitFile({ type: 'asset', fileName: 'require.js', source });
      },
    },
  ],
});
