import type { Module } from '../kit/contract.ts'

/** In the order of the palette. */
export const checkModules: readonly Module[] = []
