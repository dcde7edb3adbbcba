const MAX_BODY_BYTES = 16_384

/** The body as a JSON object; null where it is anything else. */
export async function readJson(request) {
  // No page of another site can send this type without being asked first.
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) return null
  const chunks = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) return null
    chunks.push(chunk)
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return typeof body === 'object' ? body : null
  } catch {
    return null
  }
}

export function readCookies(request) {
  const pairs = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='))
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2))
}

/** A cookie that no script can read and no other site can send. */
export function writeCookie(name, value, maxAgeSeconds) {
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Strict`
}
