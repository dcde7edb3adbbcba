export function buildServer(): Promise<string>
export function buildPage(folder?: string): Promise<string>
