import type * as Monaco from 'monaco-editor/editor/editor.api.js'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../shared/engine/types.ts'
import type { EarlyKeys, ExpressionEditorProps, Shape } from './expression-editor-props.ts'
import { loadedMonaco, loadMonaco } from './load-monaco.ts'
import type { MonacoApi } from './monaco-api.ts'
import { LANGUAGES, provideVocabulary, rangeOf } from './monaco-language.ts'
import { THEME } from './monaco-theme.ts'

interface LiveEditorProps extends ExpressionEditorProps {
  readonly shape: Shape
  readonly start: EarlyKeys
  /** Shown in its place until the editor is there. */
  readonly still: ReactNode
  readonly onEnd: () => void
}

/** The Monaco side of an expression: lives while the field has the focus. */
export function LiveEditor(props: LiveEditorProps) {
  const [monaco, setMonaco] = useState<MonacoApi | undefined>(loadedMonaco)
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<Monaco.editor.IStandaloneCodeEditor | undefined>(undefined)
  /** Callbacks of the newest render, for listeners that are made once. */
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    let gone = false
    if (!monaco) {
      host.current?.focus()
      loadMonaco().then(
        (api) => !gone && setMonaco(() => api),
        () => !gone && latest.current.onEnd(),
      )
    }
    return () => {
      gone = true
    }
  }, [monaco])

  useEffect(() => {
    if (!monaco || !host.current) return
    const made = createEditor(monaco, host.current, latest)
    editor.current = made.editor
    return () => {
      editor.current = undefined
      made.dispose()
    }
  }, [monaco])

  useEffect(() => {
    const model = editor.current?.getModel()
    if (model && model.getValue() !== props.value) model.setValue(props.value)
  }, [props.value])

  useEffect(() => {
    const model = editor.current?.getModel()
    if (monaco && model) showProblems(monaco, model, props.problems ?? [])
  }, [monaco, props.problems])

  return (
    <>
      {!monaco && props.still}
      <div ref={host} className="expression-host" tabIndex={monaco ? undefined : -1} />
    </>
  )
}

function createEditor(monaco: MonacoApi, host: HTMLElement, latest: { readonly current: LiveEditorProps }) {
  const { value, shape, label, placeholder, start, problems, language = 'sql' } = latest.current
  const model = monaco.editor.createModel(value, LANGUAGES[language])
  const editor = monaco.editor.create(host, {
    ...options(shape),
    model,
    ariaLabel: label,
    ...(placeholder ? { placeholder } : {}),
  })
  const releaseVocabulary = provideVocabulary(model, () => latest.current.vocabulary)
  showProblems(monaco, model, problems ?? [])

  const grow = () => {
    host.style.height = `${Math.min(editor.getContentHeight(), MOST[shape])}px`
    editor.layout()
  }
  editor.onDidContentSizeChange(grow)
  grow()
  const observer = new ResizeObserver(() => editor.layout())
  observer.observe(host)

  model.onDidChangeContent(() => latest.current.onChange(model.getValue()))
  editor.onDidBlurEditorWidget(() => {
    latest.current.onCommit?.()
    latest.current.onEnd()
  })
  const commit = () => {
    latest.current.onCommit?.()
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
  }
  editor.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, commit)
  if (shape === 'line') editor.addCommand(monaco.KeyCode.Enter, commit, '!suggestWidgetVisible')
  editor.onKeyDown((event) => {
    const popup = document.querySelector('.suggest-widget.visible, .monaco-hover:not(.hidden)')
    if (event.keyCode === monaco.KeyCode.Escape && !popup) commit()
  })
  // Monaco reads its keys here too. Beyond, the window's shortcuts (undo, delete a node) must not see what is typed.
  host.addEventListener('keydown', (event) => {
    const search = (event.ctrlKey || event.metaKey) && event.key === 'k'
    if (!search) event.stopPropagation()
  })

  editor.setPosition(model.getPositionAt(Math.min(start.offset, value.length)))
  if (start.all) editor.setSelection(model.getFullModelRange())
  editor.focus()
  if (start.erased) editor.trigger('keyboard', 'deleteLeft', {})
  if (start.typed) editor.trigger('keyboard', 'type', { text: start.typed })
  if (value === '' && !start.typed) editor.trigger('focus', 'editor.action.triggerSuggest', { auto: true })

  return {
    editor,
    dispose: () => {
      observer.disconnect()
      releaseVocabulary()
      editor.dispose()
      model.dispose()
    },
  }
}

/** Heights in pixels from which on the text scrolls. A program stands beside the numbers of its lines, which do not. */
const MOST = { line: 260, block: 260, query: 520, program: 20_000 } as const

function options(shape: Shape): Monaco.editor.IStandaloneEditorConstructionOptions {
  return {
    theme: THEME,
    automaticLayout: false,
    fontFamily: '"JetBrains Mono Variable", "JetBrains Mono", ui-monospace, monospace',
    fontSize: 12,
    lineHeight: 20,
    fontLigatures: false,
    minimap: { enabled: false },
    lineNumbers: 'off',
    glyphMargin: false,
    folding: false,
    lineDecorationsWidth: 0,
    lineNumbersMinChars: 0,
    renderLineHighlight: 'none',
    scrollBeyondLastLine: false,
    scrollbar: {
      alwaysConsumeMouseWheel: false,
      verticalScrollbarSize: 8,
      horizontal: shape === 'program' ? 'auto' : 'hidden',
      horizontalScrollbarSize: 8,
      useShadows: false,
    },
    overviewRulerLanes: 0,
    hideCursorInOverviewRuler: true,
    overviewRulerBorder: false,
    wordWrap: shape === 'program' ? 'off' : 'on',
    wrappingIndent: 'same',
    padding: { top: 0, bottom: 0 },
    tabSize: 2,
    tabFocusMode: shape !== 'query' && shape !== 'program',
    fixedOverflowWidgets: true,
    wordBasedSuggestions: 'off',
    quickSuggestions: { other: true, comments: false, strings: false },
    quickSuggestionsDelay: 20,
    suggest: { showIcons: true, showStatusBar: false, preview: false, snippetsPreventQuickSuggestions: false },
    acceptSuggestionOnCommitCharacter: false,
    acceptSuggestionOnEnter: 'smart',
    occurrencesHighlight: 'off',
    selectionHighlight: false,
    matchBrackets: 'near',
    bracketPairColorization: { enabled: false },
    contextmenu: false,
    links: false,
    unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: true },
    guides: { indentation: false },
    hover: { delay: 250, above: false },
    stickyScroll: { enabled: false },
  }
}

function showProblems(monaco: MonacoApi, model: Monaco.editor.ITextModel, problems: readonly Problem[]): void {
  const length = model.getValueLength()
  const markers = problems.map((problem) => ({
    ...rangeOf(model, problem.range?.start ?? 0, Math.min(length, problem.range?.end ?? length)),
    message: problem.hint ? `${problem.message}\n${problem.hint}` : problem.message,
    severity: problem.severity === 'error' ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
  }))
  monaco.editor.setModelMarkers(model, 'logidata', markers)
}
