export default { serverExternalPackages: ['countersign', 'thirty-two'] }
