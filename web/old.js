// For browsers too old for modules: one sentence instead of an empty page.
document.getElementById('app').textContent = '这个浏览器太旧，打不开村站通。请用微信、手机自带的新版浏览器或 Chrome 打开。';
