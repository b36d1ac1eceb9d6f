import type { MonacoApi } from './monaco-api.ts'

export const THEME = 'logidata'

/** Makes Monaco wear the studio's own colours, and change with them. */
export function followTheme(monaco: MonacoApi): void {
  const apply = () => {
    const styles = getComputedStyle(document.documentElement)
    const token = (name: string) => toHex(styles.getPropertyValue(name).trim())
    const rule = (scope: string, name: string) => ({ token: scope, foreground: token(name).slice(1, 7) })
    monaco.editor.defineTheme(THEME, {
      base: document.documentElement.dataset.theme === 'dark' ? 'vs-dark' : 'vs',
      inherit: true,
      rules: [
        rule('', '--text'),
        rule('function', '--code-function'),
        rule('name', '--code-column'),
        rule('quotedName', '--code-column'),
        rule('parameter', '--code-parameter'),
        rule('string', '--code-text'),
        rule('number', '--code-number'),
        rule('keyword', '--accent'),
        rule('comment', '--text-tertiary'),
        rule('operator', '--text'),
        rule('bracket', '--text-secondary'),
      ],
      colors: {
        'editor.background': '#00000000',
        'editor.foreground': token('--text'),
        'editor.lineHighlightBorder': '#00000000',
        'editorCursor.foreground': token('--accent'),
        'editor.selectionBackground': `${token('--accent').slice(0, 7)}40`,
        'editor.placeholder.foreground': token('--text-tertiary'),
        'editorBracketMatch.background': `${token('--accent').slice(0, 7)}22`,
        'editorBracketMatch.border': '#00000000',
        'editorError.foreground': token('--danger'),
        'editorWidget.background': token('--surface-overlay'),
        'editorWidget.border': token('--border-strong'),
        'editorHoverWidget.background': token('--surface-overlay'),
        'editorHoverWidget.border': token('--border-strong'),
        'editorSuggestWidget.background': token('--surface-overlay'),
        'editorSuggestWidget.border': token('--border-strong'),
        'editorSuggestWidget.foreground': token('--text'),
        'editorSuggestWidget.selectedBackground': token('--accent-soft'),
        'editorSuggestWidget.selectedForeground': token('--text'),
        'editorSuggestWidget.highlightForeground': token('--accent'),
        'editorSuggestWidget.focusHighlightForeground': token('--accent'),
        'list.hoverBackground': token('--surface-hover'),
        'scrollbarSlider.background': `${token('--border-strong').slice(0, 7)}99`,
        focusBorder: '#00000000',
      },
    })
    monaco.editor.setTheme(THEME)
  }
  apply()
  new MutationObserver(apply).observe(document.documentElement, { attributeFilter: ['data-theme'] })
}

const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })

/** Any CSS colour as `#rrggbb`, the only notation that Monaco reads. */
function toHex(color: string): string {
  if (/^#[0-9a-f]{6}$/i.test(color)) return color
  if (!brush || color === '') return '#808080'
  brush.fillStyle = color
  brush.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = brush.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
