import { createRequire } from 'node:module'

const { resolve } = createRequire(import.meta.url)

/** Whether a package of test/migrating is there. */
export function isInstalled(name: string): boolean {
  try {
    resolve(name)
    return true
  } catch {
    return false
  }
}

/** Loads what has no types, or is not there on a machine that did not install it: declare what you take out of it. */
export function load(path: string) {
  return import(path)
}
