import type * as Monaco from 'monaco-editor/editor/editor.api.js'

export type MonacoApi = typeof Monaco
