// Says before anything is typed that a browser is too old: below Chromium 72 or Safari 12.1.
(function () {
  var page = document.documentElement;
  var chromium = /Chrom(?:e|ium)\/(\d+)/.exec(navigator.userAgent);
  var modules = 'noModule' in document.createElement('script');
  // Safari 12.1 is the first that knows this; Chromium the one before ours, therefore the number.
  var known = typeof queueMicrotask === 'function' && (!chromium || +chromium[1] >= 72);
  if (modules && known) return;
  page.setAttribute('data-too-old', '');
  document.getElementById('app').innerHTML =
    '<main class="opening"><h1>村站通</h1><p>这个浏览器太旧，打不开村站通。</p>' +
    '<p>请把微信升级到最新，用微信打开；或者换一个新一点的浏览器。还不行，请打电话告诉乡镇，换一部手机用。</p>' +
    '<p>在这里存过还没交的，都还在：<a href="alone.html">救出没交的记录</a></p></main>';
})();
