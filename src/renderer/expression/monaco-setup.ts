import 'monaco-editor/features/codeEditor/register.js'
import 'monaco-editor/features/codicon/register.js'
import 'monaco-editor/features/bracketMatching/register.js'
import 'monaco-editor/features/clipboard/register.js'
import 'monaco-editor/features/comment/register.js'
import 'monaco-editor/features/cursorUndo/register.js'
import 'monaco-editor/features/hover/register.js'
import 'monaco-editor/features/indentation/register.js'
import 'monaco-editor/features/linesOperations/register.js'
import 'monaco-editor/features/multicursor/register.js'
import 'monaco-editor/features/placeholderText/register.js'
import 'monaco-editor/features/snippet/register.js'
// The feature's own entry leaves the list of completions out.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js'
import 'monaco-editor/features/wordOperations/register.js'
import * as monaco from 'monaco-editor/editor/editor.api.js'
import { registerLanguage, registerScripts } from './monaco-language.ts'
import { followTheme } from './monaco-theme.ts'

// Nothing here needs a background thread (no links, no word lists, no diffs). Should a later version of Monaco ask for
// one all the same, it gets one that the page's content policy allows.
self.MonacoEnvironment = {
  getWorker: async () => {
    const { default: EditorWorker } = await import('monaco-editor/editor/editor.worker.js?worker')
    return new EditorWorker()
  },
}

registerLanguage(monaco)
registerScripts(monaco)
followTheme(monaco)

export { monaco }
