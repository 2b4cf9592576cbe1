/**
 * Emits one SVG sprite with only the icons the templates use (`{% icon 'clock' %}`).
 * The list is `src/icons.json`; a name that Tabler does not have fails the build.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Plugin } from 'vite'

const require = createRequire(import.meta.url)

function symbol(name: string): string {
  const svg = readFileSync(require.resolve(`@tabler/icons/outline/${name}.svg`), 'utf8')
  const body = svg.replace(/^[\s\S]*?<svg[^>]*>/, '').replace(/<\/svg>\s*$/, '')
  const shapes = body.replace(/<path stroke="none"[^>]*\/>/g, '').replace(/\s*\n\s*/g, '')
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes}</symbol>`
}

export function iconSprite(listFile: string): Plugin {
  return {
    name: 'sanfuwu-icon-sprite',
    buildStart() {
      this.addWatchFile(listFile)
      const names = JSON.parse(readFileSync(listFile, 'utf8')) as string[]
      const source = `<svg xmlns="http://www.w3.org/2000/svg">${names.map(symbol).join('')}</svg>`
      this.emitFile({ type: 'asset', name: 'icons.svg', originalFileName: 'src/icons.svg', source })
    },
  }
}
