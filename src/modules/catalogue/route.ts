import type { Module } from '../kit/contract.ts'
import { sqlStep } from '../transformers/sql/implementation.ts'
import { switchStep } from '../transformers/switch/implementation.ts'

/** In the order of the palette. */
export const routeModules: readonly Module[] = [switchStep, sqlStep]
