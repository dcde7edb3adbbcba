import type { Scope } from '../scope.ts'
import type { Owner } from './list.ts'

const REVOKED_AFTER_MS = 60_000

/** Whose codes, for which service, from which day, and where to enter them. */
export function headLines({ texts }: Pick<Scope, 'texts'>, owner: Owner): string[] {
  return [
    texts.fileTitle.replace('{issuer}', owner.issuer),
    `${texts.fileAccount}: ${owner.accountName}`,
    `${texts.fileDate}: ${new Date().toISOString().slice(0, 10)}`,
    `${texts.fileAddress}: ${location.origin}`,
  ]
}

/** Saves them as a text file. A content security policy does not restrict a download from a blob. */
export function saveFile(scope: Pick<Scope, 'texts'>, owner: Owner, codes: readonly string[]): void {
  const issuer = owner.issuer.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')
  const lines = [...headLines(scope, owner), '', scope.texts.fileNote, '', ...codes, '']
  const blob = new Blob([lines.join('\r\n')], { type: 'text/plain;charset=utf-8' })
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = `${issuer}-${scope.texts.fileName}.txt`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKED_AFTER_MS)
}
