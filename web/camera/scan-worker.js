// Reads QR codes out of camera frames with zxing; a classic worker, which old phones know as well.
/* global ZXingWASM, importScripts */

importScripts('../vendor/zxing_reader.js');

// Without locateFile the library would fetch its wasm from somebody else's server.
const locateFile = (name) => new URL('../vendor/' + name, location.href).href;
ZXingWASM.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });

onmessage = async (event) => {
  let text = '';
  try {
    const { picture, careful } = event.data;
    const options = {
      formats: ['QRCode'],
      maxNumberOfSymbols: 1,
      tryRotate: careful,
      tryInvert: false,
      tryHarder: true,
    };
    const found = await ZXingWASM.readBarcodes(picture, options);
    if (found.length && found[0].isValid) text = found[0].text;
  } catch (error) {
    text = '';
  }
  postMessage(text);
};
