import { nearestName } from '../options/nearest-name.ts'

/** Paths that may be repeated in an answer. */
const PLAIN_PATH = /^(\/[\w.~-]+)+$/
const MAX_PATH = 128

/**
 * Why a path is not found, for the developer who mounts the handler: it is not mounted at its `basePath`, or there is
 * no such operation.
 *
 * @param paths the paths of the operations under `basePath`
 */
export function notFoundDetail(basePath: string, paths: readonly string[], pathname: string): string {
  if (pathname.startsWith(`${basePath}/`)) {
    const nearest = nearestName(pathname.slice(basePath.length + 1), paths)
    return nearest === null ? `There is no such operation.` : `Did you mean ${basePath}/${nearest}?`
  }
  const served = `This handler serves the paths under ${basePath || '/'}, its basePath.`
  const mountedAt = mountOf(paths, pathname)
  return mountedAt === null ? served : `${served} To serve this one, pass basePath: '${mountedAt}' to createHandler.`
}

/** The path before the operation, if it ends with one. */
function mountOf(paths: readonly string[], pathname: string): string | null {
  const at = pathname.lastIndexOf('/')
  if (pathname.length > MAX_PATH || !PLAIN_PATH.test(pathname)) return null
  return paths.includes(pathname.slice(at + 1)) ? pathname.slice(0, at) : null
}
