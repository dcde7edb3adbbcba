/** The `code` and message of what a call throws; a failure if it throws nothing, or anything without a code. */
export function faultOf(call: () => unknown): { code: string; message: string } {
  try {
    call()
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      return { code: error.code, message: error.message }
    }
    throw error
  }
  throw new Error('It threw nothing.')
}
