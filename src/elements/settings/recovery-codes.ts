import { nothing, type TemplateResult } from 'lit/html.js'
import type { StatusAnswer } from '../../http/index.ts'
import type { Page } from '../flows/ask.ts'
import { viewCodes } from '../flows/view-codes.ts'
import { button, group, row } from '../parts/row.ts'
import { fill } from '../texts/words.ts'

/** How many are left, and the button to view them. */
export function recoveryCodesView(page: Page, status: StatusAnswer): TemplateResult {
  const { texts, times } = page.scope
  const { left, total, viewable } = status.recoveryCodes
  return group(
    texts.recoveryCodes,
    row(
      'key',
      total === 0 ? texts.codesNone : fill(texts.codesLeft, { left: times.number(left), total: times.number(total) }),
      total === 0 ? nothing : texts.codesAreMany,
      button(viewable ? texts.viewRecoveryCodes : texts.generateTitle, () => viewCodes(page, status), 'small'),
    ),
  )
}
