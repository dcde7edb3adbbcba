export function buildLibrary(): Promise<void>
export function buildServer(): Promise<string>
export function buildPage(folder?: string): Promise<string>
