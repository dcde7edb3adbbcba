import { createDraft, type Draft } from './draft.ts'
import type { ImportResult } from './outcome.ts'
import { jsonOf, type Row, readRow, readRows } from './row.ts'

/** `RecoveryAuthnCodesUtils`: upper-case letters and digits. */
const CODE_LENGTH = 12
const MAX_CODES = 100

/**
 * A user of Keycloak: their rows of `credential` (`type`, `secret_data`, `credential_data`, `user_label`,
 * `created_date`), or the entries of `credentials` in an exported realm. Rows of other types, such as passwords, are
 * ignored. Recovery codes (`recovery-authn-codes`) are base64 of SHA-512, without salt: compare them in
 * `verifyImportedCode`.
 *
 * Facts: `OTPCredentialModel` and `RecoveryAuthnCodesCredentialModel` of Keycloak 26; https://www.keycloak.org/docs/latest/server_admin/
 *
 * @param rows one row, or a list of the rows of one user
 * @throws never
 * @example
 * const result = fromKeycloak(credentials.filter((credential) => credential.user_id === userId))
 */
export function fromKeycloak(rows: unknown): ImportResult {
  const draft = createDraft()
  for (const row of readRows(rows, draft.note)) addRow(draft, row)
  return draft.result()
}

function addRow(draft: Draft, row: Row): void {
  const secretData = readRow(jsonOf(row.get('secretData')))
  const data = readRow(jsonOf(row.get('credentialData')))
  switch (row.get('type')) {
    case 'otp':
      if (data.get('subType') === 'hotp') {
        draft.note('credential_data', 'unsupported', 'Counter-based codes (HOTP) are not imported.')
        return
      }
      draft.addAuthenticator({
        field: 'secret_data',
        secret: secretData.get('value'),
        // Unless it says base32, the characters themselves are the key, which the app scanned as base32.
        encoding: data.get('secretEncoding') === 'BASE32' ? 'base32' : 'ascii',
        name: row.get('userLabel'),
        algorithm: data.get('algorithm'),
        digits: data.get('digits'),
        periodSeconds: data.get('period'),
        createdAt: row.get('createdDate'),
      })
      break
    case 'recovery-authn-codes':
      addCodes(draft, secretData.get('codes'))
      break
  }
}

/** Keycloak asks for one code after another and drops used ones: the listed ones are unused. */
function addCodes(draft: Draft, codes: unknown): void {
  if (!Array.isArray(codes)) {
    draft.note('secret_data', 'malformed', 'The list of recovery codes is missing. They are left out.')
    return
  }
  codes.slice(0, MAX_CODES).forEach((code: unknown, index) => {
    draft.addHashedCode(`secret_data.codes[${index}]`, readRow(code).get('encodedHashedValue'), CODE_LENGTH)
  })
}
