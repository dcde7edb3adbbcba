import { base } from './base.ts'
import { card } from './card.ts'
import { controls } from './controls.ts'
import { dialog } from './dialog.ts'
import { fields } from './fields.ts'
import { forcedColors } from './forced-colors.ts'
import { steps } from './steps.ts'
import { tokens } from './tokens.ts'

export const styles: string = [tokens, base, controls, fields, card, steps, dialog, forcedColors].join('')
