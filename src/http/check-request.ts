import { CountersignError } from '../errors.ts'
import { describeType } from '../options/invalid-option.ts'

/**
 * Refuses to serve anything but a Request: its caller does not expect a Response, so this throws.
 *
 * @throws CountersignError `invalid_option` saying what to pass in this framework
 */
export function checkRequest(request: unknown): asserts request is Request {
  if (typeof request === 'object' && request !== null && 'url' in request && 'headers' in request) {
    const { url, headers } = request
    if (typeof url === 'string' && URL.canParse(url) && isHeaders(headers)) return
    if (!isHeaders(headers)) throw wrongRequest('the request of node:http', NODE_HINT)
  }
  throw wrongRequest(describeType(request), CONTEXT_HINT)
}

const NODE_HINT =
  "Wrap the handler: toNodeHandler (node:http, Express), toFastifyHandler or toKoaHandler of 'countersign/http/node'."
const CONTEXT_HINT = 'In Hono pass c.req.raw, in SvelteKit event.request.'

function wrongRequest(got: string, hint: string): CountersignError {
  return new CountersignError('invalid_option', `The handler takes a Request with an absolute URL; got ${got}. ${hint}`)
}

function isHeaders(headers: unknown): boolean {
  return typeof headers === 'object' && headers !== null && 'get' in headers && typeof headers.get === 'function'
}
