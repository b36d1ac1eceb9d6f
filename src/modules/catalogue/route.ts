import type { Module } from '../kit/contract.ts'
import { sqlStep } from '../transformers/sql/implementation.ts'

/** In the order of the palette. */
export const routeModules: readonly Module[] = [sqlStep]
