// Opens a page in headless Chromium. Prints as JSON what the page shows, its console messages and its number of requests.
// node browser.mjs PAGE SCREENSHOT WIDTH light|dark
import chromium from '@sparticuz/chromium'
import { chromium as playwright } from 'playwright-core'
import { pathToFileURL } from 'node:url'

const [file, screenshot, width, colorScheme] = process.argv.slice(2)
const executablePath = await chromium.executablePath()
// Without chromium.args: they make Chromium one process, which has crashed when it started.
const browser = await playwright.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const page = await browser.newPage({ viewport: { width: Number(width), height: 800 }, colorScheme })
  const messages = [], requests = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(String(error)))
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(file).href)
  await page.screenshot({ path: screenshot, fullPage: true })
  const seen = await page.evaluate(() => ({
    title: document.title,
    text: document.body.innerText,
    width: document.documentElement.scrollWidth,
    background: getComputedStyle(document.body).backgroundColor,
    color: getComputedStyle(document.body).color,
    elements: [...document.querySelectorAll('*')].map((element) => element.localName),
    cut: [...document.querySelectorAll('li')]
      .filter((item) => item.scrollWidth > item.clientWidth || item.scrollHeight > item.clientHeight)
      .map((item) => item.innerText),
    bars: [...document.querySelectorAll('.bar i')].map((bar) => bar.getBoundingClientRect().width),
  }))
  console.log(JSON.stringify({ ...seen, messages, requests: requests.length }))
} finally {
  await browser.close()
}
