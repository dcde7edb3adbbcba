import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Hono } from 'hono'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json',
  '.svg': 'image/svg+xml',
}

/** Serves the built page from memory. Each address of the dashboard is the same page, which reads the address. */
export async function assetRoutes(folder: string, pages: readonly string[]): Promise<Hono> {
  const routes = new Hono()
  for (const name of await readdir(folder)) {
    const content = new Uint8Array(await readFile(join(folder, name)))
    const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 16)}"`
    const headers = {
      'Content-Type': TYPES[extname(name)] ?? 'application/octet-stream',
      ETag: etag,
      'Cache-Control': 'no-cache',
    }
    for (const path of name === 'index.html' ? pages : [`/${name}`]) {
      routes.get(path, (c) =>
        c.req.header('if-none-match') === etag ? c.body(null, 304, { ETag: etag }) : c.body(content, 200, headers),
      )
    }
  }
  return routes
}
