// As in the documentation of the Google OAuth client library for Java, with a provider that isn't Google.
package example;

import com.google.api.client.auth.oauth2.AuthorizationCodeFlow;
import com.google.api.client.auth.oauth2.BearerToken;
import com.google.api.client.auth.oauth2.ClientParametersAuthentication;
import com.google.api.client.auth.oauth2.RefreshTokenRequest;
import com.google.api.client.auth.openidconnect.IdToken;
import com.google.api.client.auth.openidconnect.IdTokenResponse;
import com.google.api.client.auth.openidconnect.IdTokenVerifier;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.GenericJson;
import com.google.api.client.json.gson.GsonFactory;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.UTF_8;

public class Main {
  static final Map<String, String> env = System.getenv();
  static final String origin = "http://localhost:" + env.get("PORT");
  static final NetHttpTransport transport = new NetHttpTransport();
  static final GsonFactory json = GsonFactory.getDefaultInstance();
  static IdTokenResponse tokens;
  static IdToken.Payload user;

  public static void main(String[] args) throws Exception {
    String issuer = env.get("ISSUER");
    GenericJson endpoints = transport.createRequestFactory()
        .buildGetRequest(new GenericUrl(issuer + "/.well-known/openid-configuration"))
        .setParser(json.createJsonObjectParser()).execute().parseAs(GenericJson.class);
    GenericUrl tokenUrl = new GenericUrl((String) endpoints.get("token_endpoint"));
    ClientParametersAuthentication client =
        new ClientParametersAuthentication(env.get("CLIENT_ID"), env.get("CLIENT_SECRET"));
    AuthorizationCodeFlow flow = new AuthorizationCodeFlow.Builder(BearerToken.authorizationHeaderAccessMethod(),
        transport, json, tokenUrl, client, env.get("CLIENT_ID"), (String) endpoints.get("authorization_endpoint"))
        .setScopes(List.of("openid", "profile", "email")).build();
    IdTokenVerifier verifier = new IdTokenVerifier.Builder().setIssuer(issuer)
        .setAudience(List.of(env.get("CLIENT_ID"))).setCertificatesLocation((String) endpoints.get("jwks_uri")).build();

    HttpServer server = HttpServer.create(new InetSocketAddress("localhost", Integer.parseInt(env.get("PORT"))), 0);
    server.createContext("/", exchange -> {
      switch (exchange.getRequestURI().getPath()) {
        case "/login" -> go(exchange, flow.newAuthorizationUrl().setRedirectUri(origin + "/callback").build());
        case "/callback" -> {
          String code = (String) new GenericUrl(origin + exchange.getRequestURI()).getFirst("code");
          tokens = IdTokenResponse.execute(flow.newTokenRequest(code).setRedirectUri(origin + "/callback"));
          IdToken told = tokens.parseIdToken();
          if (!verifier.verify(told)) throw new IOException("not an ID token of the issuer");
          user = told.getPayload();
          go(exchange, "/");
        }
        case "/refresh" -> {
          RefreshTokenRequest request = new RefreshTokenRequest(transport, json, tokenUrl, tokens.getRefreshToken());
          boolean refreshed = request.setClientAuthentication(client).execute().getAccessToken() != null;
          show(exchange, Map.of("refreshed", refreshed));
        }
        case "/logout" -> {
          // It knows no sign-out: this is RP-Initiated Logout 1.0.
          String hint = tokens.getIdToken();
          user = null;
          go(exchange, endpoints.get("end_session_endpoint") + "?id_token_hint=" + hint
              + "&post_logout_redirect_uri=" + URLEncoder.encode(origin + "/", UTF_8));
        }
        default -> show(exchange, user == null ? Map.of() : user);
      }
    });
    server.start();
    System.out.println("listening");
  }

  static void go(HttpExchange exchange, String address) throws IOException {
    exchange.getResponseHeaders().add("Location", address);
    exchange.sendResponseHeaders(302, -1);
  }

  static void show(HttpExchange exchange, Map<?, ?> told) throws IOException {
    byte[] text = json.toByteArray(told);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, text.length);
    exchange.getResponseBody().write(text);
    exchange.close();
  }
}
