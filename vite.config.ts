import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { stampRenderer } from './src/cli/start/renderer-stamp.ts'

const root = fileURLToPath(new URL('.', import.meta.url))

export default defineConfig({
  root,
  base: './',
  plugins: [react(), { name: 'stamp-renderer', closeBundle: () => stampRenderer(root) }],
  build: {
    outDir: 'dist/renderer',
    emptyOutDir: true,
    target: 'es2023',
    // Monaco and the canvas are large by nature; they are split below and load in parallel.
    chunkSizeWarningLimit: 4000,
    sourcemap: false,
  },
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
})
