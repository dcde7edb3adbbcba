/*!
 * QR codes by the `qr` package, bundled here under its MIT License:
 *
 * Copyright (c) 2023 Paul Miller (https://paulmillr.com)
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
 * documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
 * rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
 * persons to whom the Software is furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
 * Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
 * WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
 * COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
 * OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */
import { encodeQR } from 'qr'
import { utf8Bytes, utf8Length } from '../encoding/utf8.ts'
import { CountersignError } from '../errors.ts'

/** The capacity of the largest symbol at medium error correction. */
const MAX_BYTES = 2331

/** Light modules around the symbol, which readers need to find it (ISO/IEC 18004 §5.3.8). */
const QUIET_ZONE = 4

/** Rows of modules, true for dark, including the quiet zone. */
export function modulesOf(text: string): boolean[][] {
  // The length in characters comes first: it is known without reading the text.
  if (typeof text !== 'string' || text.length > MAX_BYTES || utf8Length(text) > MAX_BYTES || text === '') {
    const given = typeof text === 'string' ? `text of ${text.length} characters` : `a value of type ${typeof text}`
    throw new CountersignError('invalid_option', `text must be 1 to ${MAX_BYTES} bytes of UTF-8; given: ${given}.`)
  }
  if (/\p{Surrogate}/u.test(text)) {
    throw new CountersignError('invalid_option', 'text must be Unicode, without half a surrogate pair.')
  }
  return encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE, textEncoder: utf8Bytes })
}
