// The user's files of a mini program, as WeChat's FileSystemManager keeps them: flat below
// USER_DATA_PATH, 200 MB in all, temporary ones outside it that nobody may write to.

const USR = 'wxfile://usr';
const FILES_LIMIT = 200 * 1024 * 1024;

/** {manager, temporary}: callbacks come by `soon`, `deadOr` guards what answers at once. */
function makeFiles({ world, disk, run, soon, deadOr }) {
  const missing = (path) => new Error('fail no such file or directory "' + path + '"');
  const folderOf = (path) => path.replace(/\/[^/]*$/, '');
  const mine = (path) => {
    if (path !== USR && path.indexOf(USR + '/') !== 0)
      throw new Error('fail permission denied, open "' + path + '"');
  };
  const there = (path) => {
    if (!disk.files[path]) throw missing(path);
    return disk.files[path];
  };
  const kept = () => Object.keys(disk.files).filter((path) => path.indexOf(USR) === 0);
  const usedBytes = () => kept().reduce((sum, path) => sum + disk.files[path].byteLength, 0);
  function writeFile(path, data, encoding) {
    mine(path);
    if (!disk.folders[folderOf(path)]) throw missing(path);
    let bytes = data;
    if (typeof data === 'string') {
      if (encoding && encoding !== 'utf8' && encoding !== 'utf-8')
        throw new Error('fail encoding');
      bytes = utf8(data);
    } else if (!(data instanceof ArrayBuffer)) throw new Error('fail invalid data type');
    const before = disk.files[path] ? disk.files[path].byteLength : 0;
    if (usedBytes() - before + bytes.byteLength > disk.room) {
      throw new Error('fail the maximum size of the file storage limit is exceeded');
    }
    world.aboutToWrite();
    disk.files[path] = bytes.slice(0);
  }
  function appendFile(path, data, encoding) {
    const before = new Uint8Array(there(path));
    const more = new Uint8Array(typeof data === 'string' ? utf8(data) : data);
    const all = new Uint8Array(before.length + more.length);
    all.set(before);
    all.set(more, before.length);
    writeFile(path, all.buffer, encoding);
  }
  function readFile(path, encoding) {
    const bytes = there(path);
    return encoding ? textOfUtf8(bytes) : bytes.slice(0);
  }
  function unlink(path) {
    there(path);
    mine(path);
    world.aboutToWrite();
    delete disk.files[path];
  }
  function mkdir(path, recursive) {
    mine(path);
    if (disk.folders[path]) {
      if (recursive) return;
      throw new Error('fail file already exists ' + path);
    }
    if (!disk.folders[folderOf(path)]) {
      if (!recursive) throw missing(path);
      mkdir(folderOf(path), true);
    }
    world.aboutToWrite();
    disk.folders[path] = true;
  }
  function readdir(path) {
    if (!disk.folders[path]) throw missing(path);
    const below = Object.keys(disk.files).concat(Object.keys(disk.folders));
    return below
      .filter((each) => folderOf(each) === path)
      .map((each) => each.slice(path.length + 1));
  }
  function copyFile(from, to) {
    writeFile(to, there(from));
  }
  function rename(from, to) {
    mine(to);
    const bytes = there(from);
    if (!disk.folders[folderOf(to)]) throw missing(to);
    world.aboutToWrite();
    disk.files[to] = bytes;
    delete disk.files[from];
  }
  let saved = 0;
  function saveFile(from, to) {
    saved += 1;
    const path = to || USR + '/store_' + run + '_' + saved + '.jpg';
    const bytes = there(from);
    writeFile(path, bytes);
    delete disk.files[from]; // the temporary one is moved
    return path;
  }
  function stat(path) {
    const bytes = disk.files[path];
    if (!bytes && !disk.folders[path]) throw missing(path);
    const size = bytes ? bytes.byteLength : 0;
    return { size, mode: 33206, isFile: () => Boolean(bytes), isDirectory: () => !bytes };
  }
  const verbs = {
    writeFile: [(o) => writeFile(o.filePath, o.data, o.encoding), writeFile],
    appendFile: [(o) => appendFile(o.filePath, o.data, o.encoding), appendFile],
    readFile: [(o) => ({ data: readFile(o.filePath, o.encoding) }), readFile],
    unlink: [(o) => unlink(o.filePath), unlink],
    mkdir: [(o) => mkdir(o.dirPath, o.recursive), mkdir],
    readdir: [(o) => ({ files: readdir(o.dirPath) }), readdir],
    copyFile: [(o) => copyFile(o.srcPath, o.destPath), copyFile],
    rename: [(o) => rename(o.oldPath, o.newPath), rename],
    saveFile: [(o) => ({ savedFilePath: saveFile(o.tempFilePath, o.filePath) }), saveFile],
    stat: [(o) => ({ stats: stat(o.path) }), stat],
    access: [
      (o) => {
        stat(o.path);
      },
      (path) => {
        stat(path);
      },
    ],
    getFileInfo: [(o) => ({ size: there(o.filePath).byteLength }), null],
    getSavedFileList: [
      () => ({
        fileList: kept().map((filePath) => ({ filePath, size: disk.files[filePath].byteLength })),
      }),
      null,
    ],
    removeSavedFile: [(o) => unlink(o.filePath), null],
  };
  const manager = {};
  Object.keys(verbs).forEach((name) => {
    manager[name] = (o) => {
      if (world.run !== run) return;
      let result = null;
      let wrong = null;
      try {
        result = verbs[name][0](o) || {};
      } catch (error) {
        if (error.killed) return;
        wrong = { errMsg: name + ':' + error.message };
      }
      soon(() => {
        if (wrong && o.fail) o.fail(wrong);
        if (!wrong && o.success) o.success(Object.assign({ errMsg: name + ':ok' }, result));
        if (o.complete) o.complete(wrong || result);
      });
    };
    if (verbs[name][1]) manager[name + 'Sync'] = deadOr(verbs[name][1]);
  });
  function temporary(bytes) {
    world.serial += 1;
    const path = 'wxfile://tmp_' + world.serial + '.jpg';
    disk.files[path] = bytes;
    return path;
  }
  return { manager, temporary, writeFile };
}
