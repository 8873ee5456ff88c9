export async function marketCase () { return null; }
