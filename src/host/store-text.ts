const documentName = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/** @throws Error if the name could leave its folder: names are ours, never a user's */
export function checkedName(name: string): string {
  if (!documentName.test(name)) throw new Error(`not a document's name: ${JSON.stringify(name)}`);
  return name;
}

/** @throws Error if a record is not one line */
export function checkedRecord(record: string): string {
  if (/[\n\r]/.test(record) || record === '') throw new Error('a record is one line of JSON');
  return record;
}
