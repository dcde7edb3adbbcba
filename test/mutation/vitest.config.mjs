import root from '../../vitest.config.ts'
import { BUNDLE } from './bundled.mjs'

/** The root's configuration, with the one file that bundle.mjs writes. */
export default { ...root, test: { ...root.test, include: [BUNDLE] } }
