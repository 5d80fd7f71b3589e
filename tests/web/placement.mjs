// placement.mjs - from the proposal to the return.
export async function bind() {}
export async function fly() {}
export async function goHome() {}
