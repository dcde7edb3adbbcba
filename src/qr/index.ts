export { qrDataUri } from './data-uri.ts'
export { qrSvg } from './svg.ts'
export { qrTerminal } from './terminal.ts'
