// WeChat's `wx` as its documentation has it, limits and errors included; on a world (world.js)
// and a disk {storage, files, room} that outlives the program. What a person does is arranged
// beforehand: `hand.scans`, `hand.shots`, `hand.answers` are used up in turn.

const KEY_LIMIT = 1024 * 1024;
const STORAGE_LIMIT = 10 * 1024 * 1024;

function newDisk() {
  return {
    storage: {},
    files: {},
    folders: { [USR]: true },
    room: FILES_LIMIT,
    storage_room: STORAGE_LIMIT,
  };
}

function newHand() {
  return {
    scans: [],
    shots: [],
    answers: [],
    sheets: [],
    said: [],
    calls: [],
    sides: { width: 800, height: 600 },
    position: null,
    font: 1,
    wifi: '4g',
    js_code: 'code',
    codes: 0,
    clipboard: '',
    opened: [],
    subscribed: [],
    heard: [],
  };
}

function makeWx({ world, disk, hand, run, launched }) {
  const alive = () => world.run === run;
  const wx = { env: { USER_DATA_PATH: USR } };
  const ears = { show: [], hide: [], net: [], error: [], rejection: [], memory: [] };
  const soon = (work, ms) => world.later(run, work, ms || 0);

  /** Whose parts are noted where somebody asks for one that is not here. */
  const missed = (what, called) =>
    new Proxy(what, {
      get: (target, name) => {
        if (!(name in target) && typeof name === 'string') world.missing[called + name] = true;
        return target[name];
      },
    });

  /** An asynchronous API: callbacks, and a promise where none of them is given. */
  function offer(name, work) {
    wx[name] = (options) => {
      const o = options || {};
      let settle = {};
      const told = o.success || o.fail || o.complete;
      const promise = told
        ? undefined
        : new Promise((yes, no) => {
            settle = { yes, no };
          });
      const end = (ok, result) =>
        soon(() => {
          const said = Object.assign({ errMsg: name + (ok ? ':ok' : ':fail') }, result);
          if (ok && o.success) o.success(said);
          if (!ok && o.fail) o.fail(said);
          if (o.complete) o.complete(said);
          if (!told) (ok ? settle.yes : settle.no)(said);
        });
      if (alive()) {
        const no = (why, more) =>
          end(false, Object.assign({ errMsg: name + ':fail ' + why }, more));
        work(o, (result) => end(true, result), no);
      }
      return promise;
    };
  }

  function deadOr(work) {
    return (...args) => {
      if (!alive()) throw Object.assign(new Error('killed'), { killed: true });
      return work(...args);
    };
  }

  // ---- storage: text of JSON by key -----------------------------------------------------------

  const sizeOf = (text) => utf8(text).byteLength;
  function put(key, data) {
    if (typeof key !== 'string' || !key) throw new Error('setStorage:fail parameter error: key');
    const text = JSON.stringify(data);
    if (text === undefined) throw new Error('setStorage:fail parameter error: data');
    if (sizeOf(text) > KEY_LIMIT) {
      throw new Error('setStorage:fail exceed storage item max length');
    }
    const others = Object.keys(disk.storage).filter((each) => each !== key);
    const used = others.reduce((sum, each) => sum + sizeOf(each + disk.storage[each]), 0);
    if (used + sizeOf(key + text) > disk.storage_room) {
      throw new Error('setStorage:fail exceed storage max size');
    }
    world.aboutToWrite();
    disk.storage[key] = text;
  }
  const has = (key) => Object.prototype.hasOwnProperty.call(disk.storage, key);
  const take = (key) => JSON.parse(disk.storage[key]);
  function info() {
    const keys = Object.keys(disk.storage);
    const bytes = keys.reduce((sum, key) => sum + sizeOf(key + disk.storage[key]), 0);
    return { keys, currentSize: Math.ceil(bytes / 1024), limitSize: STORAGE_LIMIT / 1024 };
  }
  const drop = (key) => {
    world.aboutToWrite();
    delete disk.storage[key];
  };
  const clear = () => {
    world.aboutToWrite();
    disk.storage = {};
  };

  wx.setStorageSync = deadOr(put);
  wx.getStorageSync = deadOr((key) => (has(key) ? take(key) : ''));
  wx.removeStorageSync = deadOr(drop);
  wx.clearStorageSync = deadOr(clear);
  wx.getStorageInfoSync = deadOr(info);
  wx.batchSetStorageSync = deadOr((list) => list.forEach((one) => put(one.key, one.value)));
  wx.batchGetStorageSync = deadOr((keys) => keys.map((key) => (has(key) ? take(key) : '')));
  const asking = (name, work) =>
    offer(name, (o, ok, no) => {
      let result;
      try {
        result = work(o) || {};
      } catch (error) {
        if (error.killed) return;
        no(String(error.message).replace(/^\w+:fail /, ''));
        return;
      }
      ok(result);
    });
  asking('setStorage', ({ key, data }) => put(key, data));
  asking('removeStorage', ({ key }) => drop(key));
  asking('clearStorage', clear);
  asking('getStorageInfo', info);
  asking('getStorage', ({ key }) => {
    if (!has(key)) throw new Error('data not found');
    return { data: take(key) };
  });

  const { manager, temporary, writeFile } = makeFiles({ world, disk, run, soon, deadOr });
  wx.getFileSystemManager = () => missed(manager, 'FileSystemManager.');

  const wire = makeWire({ world, run, soon, temporary, writeFile });
  wx.request = wire.request;
  wx.downloadFile = wire.downloadFile;

  // ---- what the phone sees --------------------------------------------------------------------

  offer('chooseMedia', (o, ok, no) => {
    hand.calls.push(['chooseMedia', o]);
    const shot = hand.shots.shift();
    if (!shot) {
      no('cancel');
      return;
    }
    const tempFilePath = temporary(bytesOfHex(shot));
    const tempFiles = [
      { tempFilePath, size: disk.files[tempFilePath].byteLength, fileType: 'image' },
    ];
    ok({ type: 'image', tempFiles });
  });
  offer('scanCode', (o, ok, no) => {
    hand.calls.push(['scanCode', o]);
    const result = hand.scans.shift();
    if (result === undefined) no('cancel');
    else ok({ result, scanType: 'QR_CODE', charSet: 'utf-8', path: '', rawData: '' });
  });
  offer('compressImage', (o, ok, no) => {
    if (!disk.files[o.src]) no('file not found');
    else {
      const body = Array.from(new Uint8Array(disk.files[o.src]));
      body.splice(-3, 1); // a byte less, and its end
      ok({ tempFilePath: temporary(new Uint8Array(body).buffer) });
    }
  });
  offer('getImageInfo', (o, ok, no) => {
    if (!disk.files[o.src]) no('file not found');
    else ok(Object.assign({ path: o.src, orientation: 'up', type: 'jpeg' }, hand.sides));
  });
  offer('getLocation', (o, ok, no) => {
    if (hand.position) ok(Object.assign({ accuracy: 30 }, hand.position));
    else no('auth deny');
  });
  offer('getFuzzyLocation', (o, ok, no) => (hand.position ? ok(hand.position) : no('auth deny')));
  offer('login', (o, ok) => {
    hand.codes += 1;
    ok({ code: hand.js_code + hand.codes });
  });

  // ---- what a person is told and asked --------------------------------------------------------

  ['showToast', 'showLoading'].forEach((name) =>
    offer(name, (o, ok) => {
      hand.said.push(o.title);
      ok({});
    }),
  );
  offer('showModal', (o, ok) => {
    hand.said.push([o.title, o.content].filter(Boolean).join(' '));
    const confirm = hand.answers.length ? hand.answers.shift() : false;
    const { success } = o;
    if (success) {
      o.success = (said) => {
        world.tapped = said.confirm;
        success(said);
        world.tapped = false;
      };
    }
    ok({ confirm: Boolean(confirm), cancel: !confirm, content: confirm });
  });
  offer('showActionSheet', (o, ok, no) => {
    hand.said.push(o.itemList.join(' '));
    if (hand.sheets.length) ok({ tapIndex: hand.sheets.shift() });
    else no('cancel');
  });
  [
    'setInnerAudioOption',
    'hideToast',
    'hideLoading',
    'setNavigationBarTitle',
    'setNavigationBarColor',
    'pageScrollTo',
    'stopPullDownRefresh',
    'vibrateShort',
    'hideKeyboard',
    'setKeepScreenOn',
    'setTabBarBadge',
    'removeTabBarBadge',
    'setTabBarItem',
    'showTabBarRedDot',
    'hideTabBarRedDot',
    'hideHomeButton',
    'showShareMenu',
    'hideShareMenu',
    'setPageOrientation',
    'setBackgroundColor',
    'openSetting',
    'requirePrivacyAuthorize',
    'saveImageToPhotosAlbum',
    'previewImage',
    'setTabBarStyle',
    'showTabBar',
    'hideTabBar',
  ].forEach((name) =>
    offer(name, (o, ok) => {
      hand.calls.push([name, o]);
      ok({});
    }),
  );
  offer('makePhoneCall', (o, ok) => {
    hand.calls.push(['makePhoneCall', o]);
    ok({});
  });
  offer('openLocation', (o, ok) => {
    hand.calls.push(['openLocation', o]);
    ok({});
  });
  offer('openDocument', (o, ok, no) => {
    if (!disk.files[o.filePath]) no("file doesn't exist");
    else {
      hand.opened.push(o.filePath);
      ok({});
    }
  });
  offer('setClipboardData', (o, ok) => {
    hand.clipboard = o.data;
    ok({});
  });
  offer('getSetting', (o, ok) =>
    ok({ authSetting: {}, subscriptionsSetting: { mainSwitch: true } }),
  );
  const NO_TAP = 'can only be invoked by user TAP gesture.';
  offer('shareFileMessage', (o, ok, no) => {
    hand.calls.push(['shareFileMessage', o]);
    if (!world.tapped) no(NO_TAP);
    else if (!disk.files[o.filePath]) no('file not exist');
    else ok({});
  });
  offer('requestSubscribeMessage', (o, ok, no) => {
    if (!world.tapped || !o.tmplIds.length || hand.reminders_off) {
      const why = hand.reminders_off ? 'The main switch is switched off' : NO_TAP;
      no(why, { errCode: hand.reminders_off ? 20004 : undefined });
      return;
    }
    const answers = o.tmplIds.map((id) => ({ [id]: 'accept' }));
    hand.subscribed.push(...o.tmplIds);
    ok(Object.assign({}, ...answers));
  });
  offer('getPrivacySetting', (o, ok) =>
    ok({ needAuthorization: false, privacyContractName: '' }),
  );

  // ---- what the phone is ----------------------------------------------------------------------

  offer('getNetworkType', (o, ok) => ok({ networkType: world.net.off ? 'none' : hand.wifi }));
  const letters = { fontSizeScaleFactor: hand.font, fontSizeSetting: 17 * hand.font };
  const old = /^[01]\.|^2\.(\d|1\d|2[0-2])\./.test(hand.version || '');
  const itself = { SDKVersion: hand.version || '3.8.0', version: '8.0.56', language: 'zh_CN' };
  wx.getAppBaseInfo = () => Object.assign({}, itself, old ? {} : letters);
  wx.getDeviceInfo = () => ({
    brand: 'Redmi',
    model: 'M2003J6SC',
    system: 'Android 10',
    platform: hand.platform || 'android',
    memorySize: '3686',
  });
  wx.getWindowInfo = () => ({
    pixelRatio: 2,
    screenWidth: 360,
    screenHeight: 640,
    windowWidth: 360,
    windowHeight: 640,
    statusBarHeight: 24,
    safeArea: { left: 0, right: 360, top: 24, bottom: 640, width: 360, height: 616 },
  });
  wx.getSystemInfoSync = () =>
    Object.assign({}, itself, { fontSizeSetting: 16 * hand.font },
      wx.getDeviceInfo(), wx.getWindowInfo());
  wx.getLaunchOptionsSync = () => launched;
  wx.getEnterOptionsSync = () => launched;
  wx.getPerformance = () => ({ now: () => world.steady_ms });
  wx.getUpdateManager = () => ({
    onUpdateReady: () => {},
    onCheckForUpdate: () => {},
    onUpdateFailed: () => {},
    applyUpdate: () => {},
  });
  let drawn = run * 7919 + 17;
  const random = () => {
    drawn = (drawn * 1103515245 + 12345) % 2147483648;
    return drawn;
  };
  offer('getRandomValues', (o, ok) => {
    const bytes = Uint8Array.from({ length: o.length }, () => Math.floor(random() / 65536) % 256);
    ok({ randomValues: bytes.buffer });
  });
  wx.createInnerAudioContext = makeSound({ disk, hand, soon });
  wx.nextTick = (work) => soon(work);
  wx.canIUse = (name) => name.split('.')[0] in wx;
  const hear = {
    onAppShow: 'show',
    onAppHide: 'hide',
    onNetworkStatusChange: 'net',
    onError: 'error',
    onUnhandledRejection: 'rejection',
    onMemoryWarning: 'memory',
  };
  Object.keys(hear).forEach((name) => {
    wx[name] = (ear) => {
      ears[hear[name]].push(ear);
    };
    wx[name.replace('on', 'off')] = (ear) => {
      ears[hear[name]] = ears[hear[name]].filter((each) => each !== ear);
    };
  });

  const told = {
    hide: () => {
      wire.hide();
      ears.hide.forEach((ear) => ear({}));
    },
    show: (options) => {
      wire.show();
      ears.show.forEach((ear) => ear(options));
    },
    net: () =>
      ears.net.forEach((ear) =>
        ear({ isConnected: !world.net.off, networkType: world.net.off ? 'none' : hand.wifi }),
      ),
  };
  return { wx: missed(wx, ''), offer, told };
}
