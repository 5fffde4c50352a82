import { type Store, StoreLocked } from './store.ts';
import { checkedName, checkedRecord } from './store-text.ts';

/** A store in memory, for a simulated host's tests and dry runs. */
export function memoryStore(): Store {
  const records: string[] = [];
  const documents = new Map<string, string>();
  let locked = false;
  return {
    records: async () => [...records],
    append: async (record) => void records.push(checkedRecord(record)),
    put: async (name, text) => void documents.set(checkedName(name), text),
    get: async (name) => documents.get(checkedName(name)),
    lock: async () => {
      if (locked) throw new StoreLocked('this store is already locked by this process');
      locked = true;
      return async () => {
        locked = false;
      };
    },
  };
}
