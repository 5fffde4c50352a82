import { HostError, type HostReader } from '../host/host.ts';

/** Whether a file exists, without reading it: readlink fails differently on a file that is not a symbolic link (readlink(2), EINVAL). @throws HostError */
export async function isThere(reader: HostReader, path: string): Promise<boolean> {
  try {
    await reader.readLink(path);
    return true;
  } catch (error) {
    const errno = error instanceof HostError ? error.details.errno : undefined;
    if (errno === 'EINVAL') return true;
    if (errno === 'ENOENT' || errno === 'ENOTDIR') return false;
    throw error;
  }
}
