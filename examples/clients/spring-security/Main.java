// As in the reference of Spring Security: OAuth 2.0 Login with a provider found by its issuer, and its sign-out.
package example;

import static org.springframework.security.config.Customizer.withDefaults;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.client.OAuth2AuthorizationContext;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.RefreshTokenOAuth2AuthorizedClientProvider;
import org.springframework.security.oauth2.client.annotation.RegisteredOAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.oidc.web.logout.OidcClientInitiatedLogoutSuccessHandler;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.view.RedirectView;

@SpringBootApplication
@RestController
public class Main {
  public static void main(String[] args) {
    Map<String, String> env = System.getenv();
    String client = "--spring.security.oauth2.client.";
    SpringApplication.run(Main.class,
        "--server.port=" + env.get("PORT"), "--server.address=localhost", "--spring.main.banner-mode=off",
        "--logging.level.root=warn",
        client + "registration.rekey.client-id=" + env.get("CLIENT_ID"),
        client + "registration.rekey.client-secret=" + env.get("CLIENT_SECRET"),
        client + "registration.rekey.scope=openid,profile,email",
        client + "provider.rekey.issuer-uri=" + env.get("ISSUER"));
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, ClientRegistrationRepository clients) throws Exception {
    var away = new OidcClientInitiatedLogoutSuccessHandler(clients);
    away.setPostLogoutRedirectUri("{baseUrl}/");
    return http
        .authorizeHttpRequests(requests -> requests.requestMatchers("/").permitAll().anyRequest().authenticated())
        .oauth2Login(login -> login.loginPage("/oauth2/authorization/rekey"))
        .oidcLogout(logout -> logout.backChannel(withDefaults()))
        // Only so that a link signs out.
        .csrf(csrf -> csrf.disable())
        .logout(logout -> logout.logoutSuccessHandler(away))
        .build();
  }

  @EventListener(ApplicationReadyEvent.class)
  void ready() {
    System.out.println("listening");
  }

  @GetMapping("/")
  Map<String, ?> home(@AuthenticationPrincipal OidcUser user) {
    return user == null ? Map.of() : Map.of("email", user.getEmail(), "name", user.getFullName());
  }

  @GetMapping("/login")
  RedirectView login() {
    return new RedirectView("/");
  }

  @GetMapping("/refresh")
  Map<String, Boolean> refresh(
      @RegisteredOAuth2AuthorizedClient("rekey") OAuth2AuthorizedClient client, Authentication person) {
    var renewing = new RefreshTokenOAuth2AuthorizedClientProvider();
    // It renews what is about to end: here all of it.
    renewing.setClockSkew(Duration.ofDays(1));
    var renewed = renewing.authorize(
        OAuth2AuthorizationContext.withAuthorizedClient(client).principal(person).build());
    return Map.of("refreshed", renewed != null && renewed.getAccessToken() != null);
  }
}
