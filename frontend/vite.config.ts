import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { compressed } from './build/compress.ts'
import { iconSprite } from './build/icons.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  base: './',
  plugins: [iconSprite(here('./src/icons.json')), compressed()],
  build: {
    outDir: here('../src/sanfuwu/web/static/dist'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    // An old phone is a named user (product.md, need 15).
    target: ['es2019', 'chrome80', 'safari13'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { main: here('./src/main.ts') },
      onLog(level, log, report) {
        // htmx holds an eval that `allowEval: false` and our CSP both switch off.
        if (log.code === 'EVAL') return
        report(level, log)
      },
    },
  },
})
